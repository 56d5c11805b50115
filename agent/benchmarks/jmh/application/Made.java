package application;

/** A small class that is defined over and over. */
final class Made {
  private final int number;

  Made(int number) {
    this.number = number;
  }

  int twice() {
    return 2 * number;
  }
}
