import groovy.lang.Binding;
import groovy.lang.GroovyShell;
import groovy.text.SimpleTemplateEngine;
import java.util.Map;
import whorl.lab.app.Web;

/** Calculates prices by a script that comes with the application. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/work",
            request -> {
              Binding binding = new Binding(Map.of("net", 100));
              Object price =
                  new GroovyShell(binding)
                      .evaluate("def rates = [a: 0.19, b: 0.07]; net * (1 + rates.a)");
              return new SimpleTemplateEngine()
                  .createTemplate("Price: ${price}")
                  .make(new java.util.HashMap<>(Map.of("price", price)));
            })
        .start();
  }
}
