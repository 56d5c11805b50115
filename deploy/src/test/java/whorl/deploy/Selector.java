package whorl.deploy;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Label selectors, as an API server evaluates them. */
final class Selector {
  private Selector() {}

  /**
   * @param name of the namespace; null for a pod
   * @param inject the value of the label {@code whorl.io/inject}; null without it
   */
  static boolean matches(
      @Nullable Object selector, @Nullable String name, @Nullable String inject) {
    if (selector == null) {
      return true;
    }
    for (Map<String, Object> each : Manifests.maps(Manifests.at(selector, "matchExpressions"))) {
      String value = "whorl.io/inject".equals(each.get("key")) ? inject : name;
      boolean in = value != null && ((List<?>) Manifests.at(each, "values")).contains(value);
      boolean wanted =
          switch (String.valueOf(each.get("operator"))) {
            case "In" -> true;
            case "NotIn" -> false;
            default -> throw new AssertionError(each);
          };
      if (in != wanted) {
        return false;
      }
    }
    return true;
  }
}
