import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import whorl.lab.app.Web;

/** Makes class loaders that are soon garbage. */
public class App {
  public static void main(String[] args) throws Exception {
    Executors.newScheduledThreadPool(2).scheduleAtFixedRate(() -> make(), 1, 1, TimeUnit.SECONDS);
    Web.create()
        .on("/work", request -> make())
        .on("/memory", request -> new byte[8 << 20].length)
        .start();
  }

  private static Object make() {
    return new ByteBuddy()
        .subclass(Object.class)
        .make()
        .load(App.class.getClassLoader(), ClassLoadingStrategy.Default.WRAPPER)
        .getLoaded()
        .getName();
  }
}
