import com.thoughtworks.xstream.XStream;
import com.thoughtworks.xstream.io.xml.DomDriver;
import whorl.lab.app.Web;

/** Reads orders as XML. */
public class App {
  public static void main(String[] args) throws Exception {
    XStream xstream = new XStream(new DomDriver());
    Web.create().on("/xml", request -> xstream.fromXML(Web.text(request)).getClass()).start();
  }
}
