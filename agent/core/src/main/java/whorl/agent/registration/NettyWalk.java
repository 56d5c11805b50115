package whorl.agent.registration;

import org.jspecify.annotations.Nullable;

/**
 * Walks Netty: handlers of server channels, those given to new connections, and those of some
 * pipelines.
 */
final class NettyWalk {
  private static final int MAX_HANDLERS = 256;

  private final RegistrationList registrationList;
  private final FieldReader fieldReader;

  NettyWalk(RegistrationList registrationList) {
    this.registrationList = registrationList;
    this.fieldReader = registrationList.fieldReader();
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
      // Reactor Netty lets other code add to each new connection here.
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
    for (Object part : fieldReader.elements(fieldReader.at(configurer, "configurers"))) {
      registrationList.found("netty-configurer", part, "new connections", pipeline);
    }
    // A composed lambda holds its parts.
    for (String captured : new String[] {"arg$1", "arg$2"}) {
      registrationList.found(
          "netty-configurer", fieldReader.at(configurer, captured), "new connections", pipeline);
    }
  }

  /** Names that Netty generates carry a number for each connection. */
  private static String shortened(String name) {
    int number = name.indexOf('#');
    return number < 0 ? name : name.substring(0, number);
  }
}
