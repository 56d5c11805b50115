package whorl.agent.registration;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Spring MVC and WebFlux: mappings, interceptors, web filters, functional routes. */
final class SpringWalk {
  private static final Set<String> ROUTES =
      Set.of(
          "org.springframework.web.servlet.function.HandlerFunction",
          "org.springframework.web.reactive.function.server.HandlerFunction",
          "org.springframework.web.servlet.function.RouterFunction",
          "org.springframework.web.reactive.function.server.RouterFunction");

  private final Walk walk;
  private final Peek peek;

  SpringWalk(Walk walk) {
    this.walk = walk;
    this.peek = walk.peek();
  }

  void dispatcher(Object dispatcher) {
    for (Object mapping : peek.elements(peek.at(dispatcher, "handlerMappings"))) {
      walk.found("handler-mapping", mapping, null, dispatcher);
      mapping(mapping);
    }
  }

  void mapping(Object mapping) {
    for (Map.Entry<?, ?> entry : peek.entries(peek.at(mapping, "mappingRegistry", "registry"))) {
      Object method = peek.at(entry.getValue(), "handlerMethod");
      Object bean = peek.at(method, "bean");
      Object type = peek.at(method, "beanType");
      String target = text(entry.getKey());
      walk.found("spring-mapping", type, target, mapping);
      if (!(bean instanceof String)) {
        walk.found("spring-mapping", bean, target, mapping);
      }
    }
    for (String field : new String[] {"handlerMap", "pathPatternHandlerMap"}) {
      for (Map.Entry<?, ?> entry : peek.entries(peek.at(mapping, field))) {
        handler(entry.getValue(), text(entry.getKey()), mapping);
      }
    }
    handler(peek.at(mapping, "rootHandler"), "/", mapping);
    handler(peek.at(mapping, "defaultHandler"), "/**", mapping);
    for (Object interceptor : peek.elements(peek.at(mapping, "adaptedInterceptors"))) {
      walk.found("interceptor", interceptor, null, mapping);
      walk.found("interceptor", peek.at(interceptor, "interceptor"), null, mapping);
      walk.found("interceptor", peek.at(interceptor, "requestInterceptor"), null, mapping);
    }
    for (Object interceptor : peek.elements(peek.at(mapping, "interceptors"))) {
      walk.found("interceptor", interceptor, null, mapping);
    }
    Object routes = peek.at(mapping, "routerFunction");
    if (routes != null) {
      new HandlerGraph(
              walk,
              "route",
              ROUTES,
              "org.springframework.web.reactive.function.server.",
              "org.springframework.web.servlet.function.")
          .from(routes, mapping);
    }
  }

  /** Names of beans are those of the application's own. */
  private void handler(@Nullable Object handler, @Nullable String target, Object mapping) {
    if (!(handler instanceof String)) {
      walk.found("spring-mapping", handler, target, mapping);
    }
  }

  void webFilters(Object filtering) {
    Object chain = peek.at(filtering, "chain");
    for (Object filter : peek.elements(peek.at(chain, "allFilters"))) {
      walk.found("web-filter", filter, null, filtering);
    }
    Object at = chain;
    for (int i = 0; at != null && i < 256; i++) {
      walk.found("web-filter", peek.at(at, "currentFilter"), null, filtering);
      walk.found("web-handler", peek.at(at, "handler"), null, filtering);
      at = peek.at(at, "chain");
    }
  }

  /** Descriptions of Spring's own classes only: their text runs nothing of the application's. */
  private static @Nullable String text(@Nullable Object key) {
    if (key instanceof String text) {
      return text;
    }
    if (key == null || !key.getClass().getName().startsWith("org.springframework.")) {
      return null;
    }
    try {
      return key.toString();
    } catch (RuntimeException | LinkageError broken) {
      return null;
    }
  }
}
