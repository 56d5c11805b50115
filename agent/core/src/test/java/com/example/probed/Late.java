package com.example.probed;

/** Loaded only when a test uses it. */
public final class Late {
  private Late() {}

  public static int twice(int n) {
    return 2 * n;
  }
}
