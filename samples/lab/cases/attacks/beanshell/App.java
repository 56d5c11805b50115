import bsh.Interpreter;
import whorl.lab.app.Web;

/** Runs scripts of clients. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create().on("/script", request -> new Interpreter().eval(Web.text(request))).start();
  }
}
