package whorl.agent.registration;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.ThreadState;

/** Walks Spring MVC and WebFlux: mappings, interceptors, web filters, functional routes. */
final class SpringWalk {
  private static final Set<String> ROUTES =
      Set.of(
          "org.springframework.web.servlet.function.HandlerFunction",
          "org.springframework.web.reactive.function.server.HandlerFunction",
          "org.springframework.web.servlet.function.RouterFunction",
          "org.springframework.web.reactive.function.server.RouterFunction");

  /** Classes whose text is a path or a mapping. */
  private static final Set<String> KEYS =
      Set.of(
          "org.springframework.web.servlet.mvc.method.RequestMappingInfo",
          "org.springframework.web.reactive.result.method.RequestMappingInfo",
          "org.springframework.web.util.pattern.PathPattern");

  private static final Set<String> BASES =
      Set.of(
          "org.springframework.web.servlet.handler.AbstractHandlerMapping",
          "org.springframework.web.reactive.handler.AbstractHandlerMapping");

  private final RegistrationList registrationList;
  private final FieldReader fieldReader;

  SpringWalk(RegistrationList registrationList) {
    this.registrationList = registrationList;
    this.fieldReader = registrationList.fieldReader();
  }

  void dispatcher(Object dispatcher) {
    for (Object mapping : fieldReader.elements(fieldReader.at(dispatcher, "handlerMappings"))) {
      registrationList.found("handler-mapping", mapping, null, dispatcher);
      mapping(mapping);
    }
  }

  void mapping(Object mapping) {
    for (Map.Entry<?, ?> entry :
        fieldReader.entries(fieldReader.at(mapping, "mappingRegistry", "registry"))) {
      Object method = fieldReader.at(entry.getValue(), "handlerMethod");
      Object bean = fieldReader.at(method, "bean");
      Object type = fieldReader.at(method, "beanType");
      String target = text(mapping, entry.getKey());
      registrationList.found("spring-mapping", type, target, mapping);
      if (!(bean instanceof String)) {
        registrationList.found("spring-mapping", bean, target, mapping);
      }
    }
    for (String field : new String[] {"handlerMap", "pathPatternHandlerMap"}) {
      for (Map.Entry<?, ?> entry : fieldReader.entries(fieldReader.at(mapping, field))) {
        handler(entry.getValue(), text(mapping, entry.getKey()), mapping);
      }
    }
    handler(fieldReader.at(mapping, "rootHandler"), "/", mapping);
    handler(fieldReader.at(mapping, "defaultHandler"), "/**", mapping);
    for (Object interceptor :
        fieldReader.elements(fieldReader.at(mapping, "adaptedInterceptors"))) {
      registrationList.found("interceptor", interceptor, null, mapping);
      registrationList.found(
          "interceptor", fieldReader.at(interceptor, "interceptor"), null, mapping);
      registrationList.found(
          "interceptor", fieldReader.at(interceptor, "requestInterceptor"), null, mapping);
    }
    for (Object interceptor : fieldReader.elements(fieldReader.at(mapping, "interceptors"))) {
      registrationList.found("interceptor", interceptor, null, mapping);
    }
    Object routes = fieldReader.at(mapping, "routerFunction");
    if (routes != null) {
      new HandlerGraph(
              registrationList,
              "route",
              ROUTES,
              "org.springframework.web.reactive.function.server.",
              "org.springframework.web.servlet.function.")
          .record(routes, mapping);
    }
  }

  /** A bean name refers to one of the application's own beans. */
  private void handler(@Nullable Object handler, @Nullable String target, Object mapping) {
    if (!(handler instanceof String)) {
      registrationList.found("spring-mapping", handler, target, mapping);
    }
  }

  void webFilters(Object filtering) {
    Object chain = fieldReader.at(filtering, "chain");
    for (Object filter : fieldReader.elements(fieldReader.at(chain, "allFilters"))) {
      registrationList.found("web-filter", filter, null, filtering);
    }
    Object at = chain;
    for (int i = 0; at != null && i < 256; i++) {
      registrationList.found("web-filter", fieldReader.at(at, "currentFilter"), null, filtering);
      registrationList.found("web-handler", fieldReader.at(at, "handler"), null, filtering);
      at = fieldReader.at(at, "chain");
    }
  }

  /**
   * Only Spring's own classes are converted to text, and none with an application's condition.
   * Classes of an attacker can have any names, so meanwhile this thread is observed.
   */
  private @Nullable String text(Object mapping, @Nullable Object key) {
    if (key instanceof String text) {
      return text;
    }
    if (key == null
        || !KEYS.contains(key.getClass().getName())
        || !isOfSpring(key.getClass().getClassLoader(), mapping)
        || fieldReader.at(key, "customConditionHolder", "condition") != null) {
      return null;
    }
    try {
      return ThreadState.observed(key::toString);
    } catch (RuntimeException | LinkageError broken) {
      return null;
    }
  }

  /** True if the loader is the one of the Spring class that the mapping extends. */
  private static boolean isOfSpring(@Nullable ClassLoader loader, Object mapping) {
    for (Class<?> type = mapping.getClass(); type != null; type = type.getSuperclass()) {
      if (BASES.contains(type.getName())) {
        return type.getClassLoader() == loader;
      }
    }
    return false;
  }
}
