import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.module.afterburner.AfterburnerModule;
import java.lang.reflect.Proxy;
import java.util.List;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.matcher.ElementMatchers;
import whorl.lab.app.Web;

/** Makes classes as libraries do. */
public class App {
  public static class Bean {
    public int id = 3;

    public String getName() {
      return "lamp";
    }
  }

  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/bytebuddy",
            request ->
                new ByteBuddy()
                    .subclass(Object.class)
                    .method(ElementMatchers.named("toString"))
                    .intercept(FixedValue.value("made"))
                    .make()
                    .load(App.class.getClassLoader())
                    .getLoaded()
                    .getConstructor()
                    .newInstance())
        .on(
            "/jackson",
            request ->
                new ObjectMapper()
                    .registerModule(new AfterburnerModule())
                    .writeValueAsString(new Bean()))
        .on(
            "/javassist",
            request -> {
              javassist.util.proxy.ProxyFactory factory = new javassist.util.proxy.ProxyFactory();
              factory.setSuperclass(Bean.class);
              return factory
                  .create(
                      new Class<?>[0],
                      new Object[0],
                      (self, method, proceed, a) -> proceed.invoke(self, a))
                  .toString();
            })
        .on(
            "/proxy",
            request ->
                ((List<?>)
                        Proxy.newProxyInstance(
                            App.class.getClassLoader(),
                            new Class<?>[] {List.class},
                            (self, method, a) -> 7))
                    .size())
        .on(
            "/switch",
            request -> {
              StringBuilder text = new StringBuilder();
              java.util.stream.IntStream.range(0, 5)
                  .boxed()
                  .map(i -> "n" + i)
                  .forEach(text::append);
              return text;
            })
        .start();
  }
}
