import java.io.StringReader;
import java.io.StringWriter;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.stream.StreamResult;
import javax.xml.transform.stream.StreamSource;
import whorl.lab.app.Web;

/** Transforms a document by the style sheet of the client. */
public class App {
  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/transform",
            request -> {
              StringWriter out = new StringWriter();
              TransformerFactory.newInstance(
                      "org.apache.xalan.processor.TransformerFactoryImpl", null)
                  .newTransformer(new StreamSource(request.getInputStream()))
                  .transform(new StreamSource(new StringReader("<a/>")), new StreamResult(out));
              return out;
            })
        .start();
  }
}
