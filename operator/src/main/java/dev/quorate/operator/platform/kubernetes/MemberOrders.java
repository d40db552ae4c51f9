package dev.quorate.operator.platform.kubernetes;

import dev.quorate.crds.RaftCluster;
import dev.quorate.operator.platform.PlatformException;
import dev.quorate.operator.platform.TemplateChange;
import dev.quorate.operator.resource.NodeImages;
import dev.quorate.operator.resource.StatefulSetFactory;
import dev.quorate.operator.resource.TemplateMark;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes the StatefulSets of members as they shall be, from what is there; pure. */
final class MemberOrders {
  private final RaftCluster cluster;
  private final List<StatefulSet> sets;
  private final KeptTemplates templates;
  private final NodeImages images;

  /**
   * @param sets all of the namespace; those of others are left out
   * @param images of the operator; a cluster that has a version keeps it
   */
  MemberOrders(RaftCluster cluster, Stream<StatefulSet> sets, NodeImages images) {
    this.cluster = cluster;
    this.sets =
        sets.filter(set -> ServerSideApply.isOurs(cluster, set))
            .sorted(Comparator.comparing(set -> set.getMetadata().getName()))
            .toList();
    this.templates = new KeptTemplates(this.sets);
    this.images = images.having(templates.version());
  }

  /** The mark of the template that the spec asks for. */
  String wantedTemplate() {
    return TemplateMark.wanted(cluster, images);
  }

  /** To run a member that is there, with the template that it has; one that sleeps sleeps on. */
  StatefulSet unchanged(String member) {
    var actual = actual(member);
    return actual != null && MemberFacts.isAsleep(actual) ? stopped(member) : created(member, null);
  }

  /** To run nothing of a member that is there, and keep what it is made from. */
  StatefulSet stopped(String member) {
    var desired = created(member, null);
    desired.getSpec().setReplicas(0);
    return desired;
  }

  /**
   * The same, or to run a new member.
   *
   * @param template what a new one is made from, by its mark; null for what the spec says
   */
  StatefulSet created(String member, @Nullable String template) {
    var desired = StatefulSetFactory.of(cluster, member, images);
    var actual = actual(member);
    if (actual == null) {
      var found = template == null ? null : templates.find(template, member);
      templates.put(desired, found == null ? desired.getSpec().getTemplate() : found, null);
    } else {
      // A volume's size is never changed through the set, whose claim templates are immutable.
      VolumeClaims.keepTemplates(desired, actual);
      templates.put(desired, templates.present(actual), templates.before(actual));
    }
    return desired;
  }

  /** To run a member with another template; keeps the one that it may be put back to. */
  StatefulSet changed(String member, TemplateChange change) {
    var desired = unchanged(member);
    var actual = actual(member);
    var before = change.from() == null ? null : templates.find(change.from(), member);
    if (before == null && actual != null) {
      before = previous(actual, change.to());
    }
    templates.put(desired, template(member, change.to()), before);
    return desired;
  }

  /**
   * What is kept where nothing is known to be good: a pod may run it still, and stay with it. An
   * order that is only repeated forgets nothing.
   */
  private @Nullable PodTemplateSpec previous(StatefulSet actual, String next) {
    var present = templates.present(actual);
    var before = templates.before(actual);
    boolean repeated = next.equals(KeptTemplates.mark(present));
    boolean back = before != null && next.equals(KeptTemplates.mark(before));
    return repeated || back ? before : present;
  }

  private @Nullable StatefulSet actual(String member) {
    return sets.stream()
        .filter(set -> member.equals(set.getMetadata().getName()))
        .findFirst()
        .orElse(null);
  }

  /** As a member has it already; else as this operator makes it. */
  private PodTemplateSpec template(String member, String mark) {
    var found = templates.find(mark, member);
    if (found != null) {
      return found;
    }
    if (!mark.equals(wantedTemplate())) {
      throw new PlatformException(
          ("the pod template %s is kept in no StatefulSet of the cluster any more, and it is not what"
                  + " the spec asks for: change the spec to what %s shall be")
              .formatted(mark, member));
    }
    return StatefulSetFactory.of(cluster, member, images).getSpec().getTemplate();
  }
}
