package whorl.agent.hook.registration;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.ClassFacts;
import whorl.agent.hook.weave.ThreadState;

/**
 * Mappings of Spring as text. It calls Spring's own mapping class, which is final. A class of that
 * name from another loader than the hooked class's is foreign, and one with an application's
 * condition would call that condition.
 */
final class SpringMappings {
  private static final Set<String> OWN =
      Set.of(
          "org.springframework.web.servlet.mvc.method.RequestMappingInfo",
          "org.springframework.web.reactive.result.method.RequestMappingInfo");

  private SpringMappings() {}

  /**
   * @param registry the object whose method is hooked; it may be of a subclass
   * @return null if the call could run code of the application
   */
  static @Nullable String text(@Nullable Object registry, @Nullable Object mapping) {
    if (mapping instanceof String text) {
      return text;
    }
    if (registry == null || mapping == null) {
      return null;
    }
    Class<?> type = mapping.getClass();
    boolean own =
        OWN.contains(type.getName())
            && ClassFacts.loader(type) == hookedLoader(registry.getClass());
    if (!own || PublicCalls.call(mapping, "getCustomCondition") != null) {
      return null;
    }
    byte[] state = ThreadState.current();
    boolean wasBusy = ThreadState.busy(state);
    ThreadState.busy(state, false); // a class of an attacker can have any name
    try {
      return mapping.toString();
    } finally {
      ThreadState.busy(state, wasBusy);
    }
  }

  /** The loader of the woven class, which the object's own class may extend. */
  private static @Nullable ClassLoader hookedLoader(Class<?> type) {
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      if (SpringRegistrationHook.METHOD_MAPPINGS.contains(at.getName().replace('.', '/'))) {
        return ClassFacts.loader(at);
      }
    }
    return ClassFacts.loader(type);
  }
}
