package whorl.agent.registration;

import org.jspecify.annotations.Nullable;

/** Netty: handlers of server channels, of what they give to new connections, and of some pipes. */
final class NettyWalk {
  private static final int MAX_HANDLERS = 256;

  private final RegistrationList registrationList;
  private final FieldReader fieldReader;

  NettyWalk(RegistrationList registrationList) {
    this.registrationList = registrationList;
    this.fieldReader = registrationList.peek();
  }

  void server(Object channel) {
    pipeline(fieldReader.at(channel, "pipeline"));
  }

  void pipeline(@Nullable Object pipeline) {
    Object context = fieldReader.at(pipeline, "head");
    for (int i = 0; pipeline != null && context != null && i < MAX_HANDLERS; i++) {
      Object handler = fieldReader.at(context, "handler");
      String name = fieldReader.text(context, "name");
      registrationList.found(
          "netty-handler", handler, name == null ? null : shortened(name), pipeline);
      Object child = fieldReader.at(handler, "childHandler");
      registrationList.found("netty-handler", child, "new connections", pipeline);
      // Reactor Netty lets others add to each new connection here.
      configurers(fieldReader.at(child, "config"), pipeline);
      context = fieldReader.at(context, "next");
    }
  }

  private void configurers(@Nullable Object config, Object pipeline) {
    Object configurer = fieldReader.at(config, "doOnChannelInit");
    registrationList.found("netty-configurer", configurer, "new connections", pipeline);
    registrationList.found(
        "netty-configurer", fieldReader.at(configurer, "before"), "new connections", pipeline);
    registrationList.found(
        "netty-configurer", fieldReader.at(configurer, "after"), "new connections", pipeline);
    for (Object one : fieldReader.elements(fieldReader.at(configurer, "configurers"))) {
      registrationList.found("netty-configurer", one, "new connections", pipeline);
    }
    // A lambda holds what was composed.
    for (String captured : new String[] {"arg$1", "arg$2"}) {
      registrationList.found(
          "netty-configurer", fieldReader.at(configurer, captured), "new connections", pipeline);
    }
  }

  /** Names that Netty makes carry a number for each connection. */
  private static String shortened(String name) {
    int number = name.indexOf('#');
    return number < 0 ? name : name.substring(0, number);
  }
}
