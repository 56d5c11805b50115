import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import whorl.lab.app.Web;

/** Keeps sessions in a grid. */
public class App {
  public static void main(String[] args) throws Exception {
    HazelcastInstance member = Hazelcast.newHazelcastInstance();
    Web.create()
        .on(
            "/work",
            request -> {
              member
                  .<String, Object>getMap("a")
                  .put("k", new java.util.ArrayList<>(java.util.List.of(1, 2)));
              return member.getMap("a").get("k");
            })
        .start();
  }
}
