import org.apache.activemq.broker.BrokerService;

/** A message broker. */
public class App {
  public static void main(String[] args) throws Exception {
    BrokerService broker = new BrokerService();
    broker.setPersistent(false);
    broker.setUseJmx(false);
    broker.addConnector("tcp://127.0.0.1:" + Integer.getInteger("lab.port"));
    broker.start();
    broker.waitUntilStopped();
  }
}
