import java.io.File;

/** Starts Keycloak's own launcher in this JVM's place. */
public class App {
  public static void main(String[] args) throws Exception {
    File home = new File(".").getAbsoluteFile();
    for (File one : home.listFiles()) {
      if (one.getName().startsWith("keycloak")) {
        home = one;
      }
    }
    System.setProperty("kc.home.dir", home.getPath());
    System.setProperty("java.util.logging.manager", "org.jboss.logmanager.LogManager");
    ClassLoader loader =
        new java.net.URLClassLoader(
            new java.net.URL[] {new File(home, "lib/quarkus-run.jar").toURI().toURL()},
            ClassLoader.getPlatformClassLoader());
    Thread.currentThread().setContextClassLoader(loader);
    loader
        .loadClass("io.quarkus.bootstrap.runner.QuarkusEntryPoint")
        .getMethod("main", String[].class)
        .invoke(null, (Object) args);
  }
}
