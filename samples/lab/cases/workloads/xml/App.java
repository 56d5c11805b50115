import java.io.StringReader;
import java.io.StringWriter;
import javax.xml.bind.JAXB;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.stream.StreamResult;
import javax.xml.transform.stream.StreamSource;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import whorl.lab.app.Web;

/** Reads and writes XML. */
public class App {
  public static class Item {
    public String name = "lamp";
    public int price = 30;
  }

  public static void main(String[] args) throws Exception {
    Web.create()
        .on(
            "/jaxb",
            request -> {
              StringWriter out = new StringWriter();
              JAXB.marshal(new Item(), out);
              return JAXB.unmarshal(new StringReader(out.toString()), Item.class).name;
            })
        .on(
            "/xslt",
            request -> {
              StringWriter out = new StringWriter();
              TransformerFactory.newInstance()
                  .newTransformer(
                      new StreamSource(
                          new StringReader(
                              "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>"
                                  + "<xsl:template match='/'><b><xsl:value-of select='/a/b'/></b></xsl:template></xsl:stylesheet>")))
                  .transform(
                      new StreamSource(new StringReader("<a><b>text</b></a>")),
                      new StreamResult(out));
              return out;
            })
        .on(
            "/xpath",
            request -> {
              Document document =
                  DocumentBuilderFactory.newInstance()
                      .newDocumentBuilder()
                      .parse(new InputSource(new StringReader("<a><b>text</b></a>")));
              return XPathFactory.newInstance().newXPath().evaluate("/a/b", document);
            })
        .start();
  }
}
