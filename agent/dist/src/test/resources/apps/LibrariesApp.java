import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import java.lang.reflect.Proxy;
import java.util.List;
import org.hibernate.cfg.Configuration;

/** What ordinary applications have classes made for: entities, mocks, scripts, proxies, XSLT. */
public final class LibrariesApp {
  @Entity
  public static class Person {
    @Id public long id;

    @ManyToOne(fetch = jakarta.persistence.FetchType.LAZY)
    public Person parent;

    public String getName() {
      return "name";
    }
  }

  public static class Mocked {
    public String text() {
      return "real";
    }
  }

  public static void main(String[] args) throws Exception {
    hibernate();
    List<?> mock = org.mockito.Mockito.mock(List.class);
    Injected.expect("0", String.valueOf(mock.size()));
    Mocked mocked = org.mockito.Mockito.mock(Mocked.class);
    Injected.expect("null", String.valueOf(mocked.text()));
    Object answer = new groovy.lang.GroovyShell().evaluate("def f = { it * 2 }; [1, 2].collect(f).sum()");
    Injected.expect("6", String.valueOf(answer));
    Runnable proxy =
        (Runnable)
            Proxy.newProxyInstance(
                LibrariesApp.class.getClassLoader(),
                new Class<?>[] {Runnable.class, Own.class},
                (self, method, arguments) -> null);
    proxy.run();
    xslt();
    new javax.script.ScriptEngineManager().getEngineFactories();
    Injected.alertAndWait(args[0]);
  }

  public interface Own {}

  private static void hibernate() {
    Configuration configuration = new Configuration().addAnnotatedClass(Person.class);
    configuration.setProperty("hibernate.connection.url", "jdbc:h2:mem:app");
    configuration.setProperty("hibernate.hbm2ddl.auto", "create");
    try (var factory = configuration.buildSessionFactory()) {
      factory.inTransaction(
          session -> {
            Person parent = new Person();
            parent.id = 1;
            session.persist(parent);
            Person child = new Person();
            child.id = 2;
            child.parent = parent;
            session.persist(child);
          });
      factory.inTransaction(
          session -> Injected.expect("name", session.find(Person.class, 2L).parent.getName()));
    }
  }

  private static void xslt() throws Exception {
    String sheet =
        "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>"
            + "<xsl:template match='/'>made</xsl:template></xsl:stylesheet>";
    var out = new java.io.StringWriter();
    javax.xml.transform.TransformerFactory.newInstance()
        .newTemplates(
            new javax.xml.transform.stream.StreamSource(new java.io.StringReader(sheet)))
        .newTransformer()
        .transform(
            new javax.xml.transform.stream.StreamSource(new java.io.StringReader("<a/>")),
            new javax.xml.transform.stream.StreamResult(out));
    Injected.expect("made", out.toString());
  }
}
