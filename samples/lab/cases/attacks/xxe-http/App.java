import javax.xml.parsers.DocumentBuilderFactory;
import whorl.lab.app.Web;

/** Reads XML of clients with the parser's defaults. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/xml",
            request ->
                DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(request.getInputStream())
                    .getDocumentElement()
                    .getTextContent())
        .start();
  }
}
