package whorl.agent.registration;

import org.jspecify.annotations.Nullable;

/** Netty: handlers of server channels, of what they give to new connections, and of some pipes. */
final class NettyWalk {
  private static final int MAX_HANDLERS = 256;

  private final Walk walk;
  private final Peek peek;

  NettyWalk(Walk walk) {
    this.walk = walk;
    this.peek = walk.peek();
  }

  void server(Object channel) {
    pipeline(peek.at(channel, "pipeline"));
  }

  void pipeline(@Nullable Object pipeline) {
    Object context = peek.at(pipeline, "head");
    for (int i = 0; pipeline != null && context != null && i < MAX_HANDLERS; i++) {
      Object handler = peek.at(context, "handler");
      String name = peek.text(context, "name");
      walk.found("netty-handler", handler, name == null ? null : shortened(name), pipeline);
      Object child = peek.at(handler, "childHandler");
      walk.found("netty-handler", child, "new connections", pipeline);
      // Reactor Netty lets others add to each new connection here.
      configurers(peek.at(child, "config"), pipeline);
      context = peek.at(context, "next");
    }
  }

  private void configurers(@Nullable Object config, Object pipeline) {
    Object configurer = peek.at(config, "doOnChannelInit");
    walk.found("netty-configurer", configurer, "new connections", pipeline);
    walk.found("netty-configurer", peek.at(configurer, "before"), "new connections", pipeline);
    walk.found("netty-configurer", peek.at(configurer, "after"), "new connections", pipeline);
    for (Object one : peek.elements(peek.at(configurer, "configurers"))) {
      walk.found("netty-configurer", one, "new connections", pipeline);
    }
    // A lambda holds what was composed.
    for (String captured : new String[] {"arg$1", "arg$2"}) {
      walk.found("netty-configurer", peek.at(configurer, captured), "new connections", pipeline);
    }
  }

  /** Names that Netty makes carry a number for each connection. */
  private static String shortened(String name) {
    int number = name.indexOf('#');
    return number < 0 ? name : name.substring(0, number);
  }
}
