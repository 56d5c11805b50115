import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/**
 * An application that is measured. It listens on the port that its environment names.
 *
 * @param files its class path
 * @param paths what is requested of it, in turn; the first shows whether it has started
 */
record App(String name, List<Path> files, String mainClass, List<String> paths) {
  private static final List<String> OF_THE_SHOP =
      List.of("/products?sort=price", "/cart/benchmark", "/products", "/healthz");

  /** The sample shop, a Spring Boot application on Tomcat, in a jar of its own. */
  static App shop(Path jar) throws IOException {
    try (JarFile opened = new JarFile(jar.toFile())) {
      String main = opened.getManifest().getMainAttributes().getValue(Attributes.Name.MAIN_CLASS);
      return new App("shop", List.of(jar), main, OF_THE_SHOP);
    }
  }

  /**
   * One of {@code apps/}, by its name, or the shop.
   *
   * @param files its classes, and what they need of others
   */
  static App named(String name, List<Path> files) throws IOException {
    return switch (name) {
      case "shop" -> shop(files.get(0));
      case "tomcat" ->
          new App(name, files, "TomcatService", List.of("/item?id=1", "/item?id=2", "/item?id=3"));
      case "webflux" ->
          new App(name, files, "WebFluxService", List.of("/item/1", "/item/2", "/item/3"));
      case "files" -> new App(name, files, "FileService", List.of("/files"));
      default -> throw new IllegalArgumentException("no such application: " + name);
    };
  }
}
