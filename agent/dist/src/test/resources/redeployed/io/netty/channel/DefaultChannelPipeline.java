package io.netty.channel;

/** Has of Netty's class what the agent looks at. */
public class DefaultChannelPipeline {
  final Context head;

  /** One place of it. */
  public static final class Context {
    final Object handler;
    Context next;

    Context(Object handler) {
      this.handler = handler;
    }
  }

  public DefaultChannelPipeline(Object handler) {
    head = new Context(handler);
  }
}
