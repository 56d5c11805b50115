import javax.jms.Connection;
import javax.jms.MessageConsumer;
import javax.jms.MessageProducer;
import javax.jms.Queue;
import javax.jms.Session;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.broker.BrokerService;
import whorl.lab.app.Web;

/** Sends and takes messages. */
public class App {
  public static void main(String[] args) throws Exception {
    BrokerService broker = new BrokerService();
    broker.setDataDirectory("messages");
    broker.addConnector("tcp://127.0.0.1:61616");
    broker.start();
    ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory("tcp://127.0.0.1:61616");
    factory.setTrustAllPackages(true);
    Web.create().on("/work", request -> exchange(factory)).start();
  }

  private static Object exchange(ActiveMQConnectionFactory factory) throws Exception {
    Connection connection = factory.createConnection();
    try {
      connection.start();
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      Queue queue = session.createQueue("orders");
      MessageProducer producer = session.createProducer(queue);
      producer.send(session.createTextMessage("order"));
      producer.send(
          session.createObjectMessage(new java.util.ArrayList<>(java.util.List.of("a", 1))));
      MessageConsumer consumer = session.createConsumer(queue);
      consumer.receive(2_000);
      return ((javax.jms.ObjectMessage) consumer.receive(2_000)).getObject();
    } finally {
      connection.close();
    }
  }
}
