import groovy.lang.GroovyShell;
import whorl.lab.app.Web;

/** Runs scripts of clients. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create().on("/script", request -> new GroovyShell().evaluate(Web.text(request))).start();
  }
}
