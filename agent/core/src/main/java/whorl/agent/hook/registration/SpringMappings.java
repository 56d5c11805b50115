package whorl.agent.hook.registration;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.agent.hook.weave.ClassFacts;

/**
 * Mappings of Spring as text. Spring's own class for them is asked, which is final; a class of that
 * name in another loader than the hooked one's is somebody else's, and one with a condition of the
 * application's would ask that condition.
 */
final class SpringMappings {
  private static final Set<String> OWN =
      Set.of(
          "org.springframework.web.servlet.mvc.method.RequestMappingInfo",
          "org.springframework.web.reactive.result.method.RequestMappingInfo");

  private SpringMappings() {}

  /**
   * @param registry the object whose method is hooked, which may be of a subclass
   * @return null where asking would call code of the application
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
    return own && PublicCalls.call(mapping, "getCustomCondition") == null
        ? mapping.toString()
        : null;
  }

  /** Of the class that was woven, which the object's own class may extend. */
  private static @Nullable ClassLoader hookedLoader(Class<?> type) {
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      if (SpringRegistrationHook.METHOD_MAPPINGS.contains(at.getName().replace('.', '/'))) {
        return ClassFacts.loader(at);
      }
    }
    return ClassFacts.loader(type);
  }
}
