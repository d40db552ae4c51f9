package dev.quorate.operator.platform.kubernetes;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.ObservedMember;
import dev.quorate.operator.resource.Labels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The objects of a cluster's members, by member, as the informers know them. */
record ClusterObjects(
    Map<String, StatefulSet> sets,
    Map<String, Pod> pods,
    Map<String, PersistentVolumeClaim> claims,
    Function<String, @Nullable MachineView> machines) {

  /** A StatefulSet of another owner is left out: it is not a member of this cluster. */
  static ClusterObjects of(
      RaftCluster cluster,
      Stream<StatefulSet> sets,
      Stream<Pod> pods,
      Stream<PersistentVolumeClaim> claims,
      Function<String, @Nullable MachineView> machines) {
    return new ClusterObjects(
        byMember(sets.filter(set -> ServerSideApply.isOurs(cluster, set))),
        byMember(pods),
        byMember(claims),
        machines);
  }

  private static <R extends HasMetadata> Map<String, R> byMember(Stream<R> objects) {
    var byMember = new TreeMap<String, R>();
    objects.forEach(
        object -> {
          String member = object.getMetadata().getLabels().get(Labels.MEMBER);
          if (member != null) {
            byMember.put(member, object);
          }
        });
    return byMember;
  }

  SortedMap<String, ObservedMember> observed(RaftCluster cluster) {
    var names = new TreeSet<String>();
    names.addAll(sets.keySet());
    names.addAll(pods.keySet());
    names.addAll(claims.keySet());
    var members = new TreeMap<String, ObservedMember>();
    for (String name : names) {
      Pod pod = pods.get(name);
      String machine = pod == null ? null : pod.getSpec().getNodeName();
      members.put(
          name,
          new MemberFacts(
                  sets.get(name),
                  pod,
                  claims.get(name),
                  machine == null ? null : machines.apply(machine))
              .observed(cluster, name));
    }
    return members;
  }
}
