package org.eclipse.jetty.server;

/** Has of Jetty's class what the agent looks at. */
public class Server implements Handler {
  private final Handler handler;

  public Server(Handler handler) {
    this.handler = handler;
    doStart();
  }

  protected void doStart() {}
}
