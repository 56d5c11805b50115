package whorl.dist.program;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.TreeMap;
import javax.management.BadAttributeValueExpException;
import javax.naming.CompositeName;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.naming.spi.NamingManager;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.stream.StreamResult;
import javax.xml.transform.stream.StreamSource;
import jdk.jshell.JShell;

/** Takes each way in that the JDK itself has, once; then waits for a file {@code done}. */
public final class Entrances {
  private static final String URL = "ldap://127.0.0.1:" + System.getProperty("ldap") + "/cn=x";

  private Entrances() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Recorded.await();
    reflection();
    scripts();
    loaders();
    xml(folder);
    streams();
    names();
    Signal.await(folder.resolve("done"));
  }

  private static void names() throws Exception {
    lookup(URL);
    try {
      new InitialContext().lookup(new CompositeName("not/here"));
    } catch (NamingException expected) {
      System.out.println("no such name");
    }
    // By a context for URLs alone, and to an address where nothing answers.
    try {
      NamingManager.getURLContext("ldap", new java.util.Hashtable<>())
          .lookup("ldap://127.0.0.1:9/cn=closed");
    } catch (NamingException expected) {
      System.out.println("nobody answers");
    }
  }

  private static void lookup(String name) {
    try {
      System.out.println(new InitialContext().lookup(name).getClass());
    } catch (NamingException expected) {
      System.out.println(expected);
    }
  }

  private static void streams() throws Exception {
    read(new TreeMap<>(java.util.Map.of("a", new ArrayList<>())), null);
    for (int i = 0; i < 1_000; i++) {
      read(new java.util.LinkedHashSet<>(), null);
    }
    read(new BadAttributeValueExpException("x"), null);
    try {
      read(new java.util.BitSet(), info -> ObjectInputFilter.Status.REJECTED);
    } catch (InvalidClassException expected) {
      System.out.println("rejected");
    }
    read(new Reaching(), null);
  }

  private static Object read(Object object, ObjectInputFilter filter)
      throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      if (filter != null) {
        in.setObjectInputFilter(filter);
      }
      return in.readObject();
    }
  }

  /** Reaches for the runtime while it is read. */
  static final class Reaching implements Serializable {
    private static final long serialVersionUID = 1;

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      try {
        Runtime.class.getMethod("getRuntime");
      } catch (NoSuchMethodException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** By ordinary code, which is not suspicious. */
  private static void reflection() throws NoSuchMethodException {
    ProcessBuilder.class.getMethod("start");
  }

  private static void scripts() {
    try (JShell shell = JShell.builder().executionEngine("local").build()) {
      for (int i = 0; i < 3; i++) {
        shell.eval("1 + 1");
      }
    }
  }

  private static void loaders() throws IOException {
    URL[] remote = {new URL("http://127.0.0.1:9/evil.jar"), new URL("file:/tmp/x.jar")};
    new URLClassLoader(remote).close();
    new URLClassLoader("named", new URL[] {new URL("jar:http://127.0.0.1:9/in.jar!/")}, null)
        .close();
    new URLClassLoader(new URL[] {new URL("file:/tmp/local.jar")}).close();
    Growing growing = new Growing();
    growing.addURL(new URL("https://127.0.0.1:9/later.jar"));
    growing.close();
  }

  private static final class Growing extends URLClassLoader {
    Growing() {
      super(new URL[0]);
    }

    @Override
    public void addURL(URL url) {
      super.addURL(url);
    }
  }

  private static void xml(Path folder) throws Exception {
    Path secret = Files.writeString(folder.resolve("secret.txt"), "secret");
    parse("<!DOCTYPE a [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]><a>&x;</a>");
    parse("<!DOCTYPE a [<!ENTITY x \"inside\">]><a>&x;</a>");
    parse("<!DOCTYPE a PUBLIC \"-//p\" \"http://127.0.0.1:9/a.dtd\"><a/>");
    parse(
        "<a xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include parse='text' href='"
            + secret.toUri()
            + "'/></a>");
    Path document = Files.writeString(folder.resolve("other.xml"), "<b/>");
    String stylesheet =
        "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>"
            + "<xsl:template match='/'><xsl:copy-of select=\"document('"
            + document.toUri()
            + "')\"/></xsl:template></xsl:stylesheet>";
    TransformerFactory.newInstance()
        .newTransformer(new StreamSource(new StringReader(stylesheet)))
        .transform(
            new StreamSource(new StringReader("<a/>")), new StreamResult(new StringWriter()));
  }

  private static void parse(String text) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    factory.setXIncludeAware(true);
    try {
      factory
          .newDocumentBuilder()
          .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException expected) {
      System.out.println("nobody there");
    }
  }
}
