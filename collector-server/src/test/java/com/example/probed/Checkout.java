package com.example.probed;

import java.io.IOException;

/** An application whose method is called all the time, until its input ends. */
public final class Checkout {
  private Checkout() {}

  static String pay(String customer, String password, int amount) {
    if (amount % 2 == 0) {
      throw new IllegalStateException("declined");
    }
    return customer + amount;
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    System.out.println("ready");
    for (int i = 0; System.in.available() == 0; i++) {
      try {
        String unused = pay("alice", "hunter2hunter2", i);
      } catch (IllegalStateException declined) {
        if (!"declined".equals(declined.getMessage())) {
          throw declined;
        }
      }
      Thread.sleep(10);
    }
    System.out.println("done");
  }
}
