package whorl.agent.hook.http;

import org.jspecify.annotations.Nullable;

/** A server's name with the version from its jar's manifest, if there is one. */
final class ServerName {
  private final String name;
  private final ClassValue<String> ofClass =
      new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
          return withVersion(type);
        }
      };

  ServerName(String name) {
    this.name = name;
  }

  /**
   * @param part any object of the server's own classes
   */
  String of(@Nullable Object part) {
    return part == null ? name : ofClass.get(part.getClass());
  }

  private String withVersion(Class<?> type) {
    Package typePackage = type.getPackage();
    String version = typePackage == null ? null : typePackage.getImplementationVersion();
    return version == null ? name : name + "/" + version;
  }
}
