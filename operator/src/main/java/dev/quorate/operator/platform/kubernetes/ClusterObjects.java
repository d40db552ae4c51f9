package dev.quorate.operator.platform.kubernetes;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.ObservedMember;
import dev.quorate.operator.resource.Labels;
import dev.quorate.operator.resource.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The objects of a cluster's members, by member, as the informers know them. */
record ClusterObjects(
    Map<String, StatefulSet> sets,
    Map<String, Pod> pods,
    Map<String, PersistentVolumeClaim> claims,
    Function<String, @Nullable MachineView> machines) {
  private static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";

  /**
   * What another one owns is left out, and what has a member's label and not the name that its
   * object has: more than one pod that somebody asked a StatefulSet for, and their claims, which
   * stay.
   */
  static ClusterObjects of(
      RaftCluster cluster,
      Stream<StatefulSet> sets,
      Stream<Pod> pods,
      Stream<PersistentVolumeClaim> claims,
      Function<String, @Nullable MachineView> machines) {
    return new ClusterObjects(
        byMember(sets.filter(set -> ServerSideApply.isOurs(cluster, set)), member -> member),
        byMember(pods, Names::pod),
        byMember(claims, Names::volumeClaim),
        machines);
  }

  private static <R extends HasMetadata> Map<String, R> byMember(
      Stream<R> objects, UnaryOperator<String> name) {
    var byMember = new TreeMap<String, R>();
    objects.forEach(
        object -> {
          String member = object.getMetadata().getLabels().get(Labels.MEMBER);
          if (member != null && object.getMetadata().getName().equals(name.apply(member))) {
            byMember.put(member, object);
          }
        });
    return byMember;
  }

  SortedMap<String, ObservedMember> observed(RaftCluster cluster, Instant now) {
    var names = new TreeSet<String>();
    names.addAll(sets.keySet());
    names.addAll(pods.keySet());
    names.addAll(claims.keySet());
    var members = new TreeMap<String, ObservedMember>();
    for (String name : names) {
      Pod pod = pods.get(name);
      var claim = claims.get(name);
      members.put(
          name,
          new MemberFacts(
                  sets.get(name),
                  pod,
                  claim,
                  machine(pod == null ? null : pod.getSpec().getNodeName()),
                  machine(home(claim)))
              .observed(cluster, name, now));
    }
    return members;
  }

  private @Nullable MachineView machine(@Nullable String name) {
    return name == null ? null : machines.apply(name);
  }

  /**
   * The machine that the scheduler had in mind when the volume was made; null if it did not say.
   */
  private static @Nullable String home(@Nullable PersistentVolumeClaim claim) {
    var annotations = claim == null ? null : claim.getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get(SELECTED_NODE);
  }
}
