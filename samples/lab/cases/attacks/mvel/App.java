import org.mvel2.MVEL;
import whorl.lab.app.Web;

/** Evaluates a rule of the client. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create().on("/eval", request -> MVEL.eval(request.getParameter("q"))).start();
  }
}
