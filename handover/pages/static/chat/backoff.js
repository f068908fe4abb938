// How long to wait before trying again: doubling, with a little chance so that not all come at once.

export class Backoff {
  constructor({ first, most }) {
    this.first = first;
    this.most = most;
    this.tries = 0;
  }

  next() {
    const wait = Math.min(this.most, this.first * 2 ** this.tries);
    this.tries += 1;
    return wait * (0.75 + Math.random() * 0.5);
  }

  reset() {
    this.tries = 0;
  }
}
