import org.springframework.expression.spel.standard.SpelExpressionParser;
import whorl.lab.app.Web;

/** Sorts by an expression of the client. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/eval",
            request -> new SpelExpressionParser().parseExpression(Web.text(request)).getValue())
        .on("/hello", request -> "hello")
        .start();
  }
}
