import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import whorl.lab.app.Web;

/** Sends events through Kafka. */
public class App {
  public static void main(String[] args) throws Exception {
    Path log = Files.createDirectories(Path.of("log").toAbsolutePath());
    Files.writeString(
        log.resolve("meta.properties"),
        "version=1\ncluster.id=AAAAAAAAAAAAAAAAAAAAAA\nnode.id=1\n");
    java.util.Properties p = new java.util.Properties();
    p.putAll(
        Map.of(
            "process.roles", "broker,controller",
            "node.id", "1",
            "controller.quorum.voters", "1@127.0.0.1:9093",
            "listeners", "PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093",
            "controller.listener.names", "CONTROLLER",
            "log.dirs", log.toString(),
            "offsets.topic.replication.factor", "1",
            "transaction.state.log.replication.factor", "1"));
    new kafka.server.KafkaRaftServer(
            kafka.server.KafkaConfig.fromProps(p), org.apache.kafka.common.utils.Time.SYSTEM)
        .startup();
    KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", "127.0.0.1:9092", "compression.type", "lz4"),
            new StringSerializer(),
            new StringSerializer());
    KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                "127.0.0.1:9092",
                "group.id",
                "g",
                "auto.offset.reset",
                "earliest"),
            new StringDeserializer(),
            new StringDeserializer());
    consumer.subscribe(List.of("orders"));
    Web.create().on("/work", request -> exchange(producer, consumer)).start();
  }

  private static synchronized int exchange(
      KafkaProducer<String, String> producer, KafkaConsumer<String, String> consumer)
      throws Exception {
    producer.send(new ProducerRecord<>("orders", "k", "v")).get();
    return consumer.poll(Duration.ofMillis(200)).count();
  }
}
