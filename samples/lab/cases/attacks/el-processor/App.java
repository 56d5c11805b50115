import javax.el.ELProcessor;
import whorl.lab.app.Web;

/** Evaluates an expression of the client. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create().on("/eval", request -> new ELProcessor().eval(request.getParameter("q"))).start();
  }
}
