package io.undertow;

/** Has of Undertow's class what the agent looks at. */
public class Undertow {
  private final Object rootHandler;

  public Undertow(Object handler) {
    rootHandler = handler;
    start();
  }

  public void start() {}
}
