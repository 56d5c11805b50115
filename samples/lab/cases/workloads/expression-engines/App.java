import java.util.Map;
import org.apache.commons.jexl3.JexlBuilder;
import org.apache.commons.jexl3.MapContext;
import org.codehaus.janino.ExpressionEvaluator;
import org.mvel2.MVEL;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import whorl.lab.app.Web;

/** Evaluates expressions that come with the application. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/spel",
            request ->
                new SpelExpressionParser()
                    .parseExpression("T(java.lang.Math).max(2, 3) + {1,2}.size()")
                    .getValue())
        .on("/mvel", request -> MVEL.eval("a * 2 + foo.length()", Map.of("a", 4, "foo", "bar")))
        .on(
            "/jexl",
            request ->
                new JexlBuilder().create().createExpression("1 + 2 * 3").evaluate(new MapContext()))
        .on(
            "/janino",
            request -> {
              ExpressionEvaluator evaluator = new ExpressionEvaluator();
              evaluator.setParameters(new String[] {"a"}, new Class<?>[] {int.class});
              evaluator.setExpressionType(int.class);
              evaluator.cook("a + 4");
              return evaluator.evaluate(new Object[] {3});
            })
        .start();
  }
}
