package dev.quorate.e2e.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quorate.e2e.kubernetes.StepWatch.SeenStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A RaftCluster as {@code kubectl get -o json} shows it. */
record RaftClusterView(JsonNode json) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** One entry of {@code status.members}. */
  record Member(String name, String id, String role, String health, String message) {
    boolean healthyVoter() {
      return health.equals("Healthy") && votes();
    }

    boolean votes() {
      return role.equals("Leader") || role.equals("Follower");
    }
  }

  static RaftClusterView parse(String text) {
    try {
      return new RaftClusterView(JSON.readTree(text));
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  int replicas() {
    return json.at("/spec/replicas").asInt();
  }

  List<Member> members() {
    var members = new ArrayList<Member>();
    for (JsonNode member : json.at("/status/members")) {
      members.add(
          new Member(
              member.path("name").asText(),
              member.path("id").asText(),
              member.path("role").asText(),
              member.path("health").asText(),
              member.path("message").asText()));
    }
    return members;
  }

  Set<String> names() {
    return members().stream().map(Member::name).collect(Collectors.toUnmodifiableSet());
  }

  Member member(String name) {
    return members().stream()
        .filter(member -> member.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no member " + name + " in " + this));
  }

  Member memberThatLeads() {
    return member(leader());
  }

  List<Member> followers() {
    return members().stream().filter(member -> !member.name().equals(leader())).toList();
  }

  String leader() {
    return json.at("/status/leader").asText();
  }

  /**
   * Whether status tells of exactly so many members, all healthy voters, and nothing left to do.
   */
  boolean isSettled(int count) {
    return members().size() == count
        && members().stream().allMatch(Member::healthyVoter)
        && !leader().isEmpty()
        && json.at("/status/readyReplicas").asInt() == count
        && json.at("/status/observedGeneration").asLong()
            == json.at("/metadata/generation").asLong()
        && condition("Ready").equals("True");
  }

  /** Whether the operator has nothing to do and says so. */
  boolean isAtRest() {
    return plan().startsWith("Nothing to do");
  }

  /** What the operator is about to do, and what it waits for. */
  String plan() {
    return json.at("/status/plan/summary").asText()
        + "; "
        + json.at("/status/plan/waitingFor").asText();
  }

  /** The step in flight; of one that is none all is empty but the state and the plan. */
  SeenStep step() {
    JsonNode step = json.at("/status/step");
    return new SeenStep(
        step.path("operation").asText(),
        step.path("action").asText(),
        step.path("member").asText(),
        summary(),
        json.at("/status/plan/summary").asText());
  }

  /** The members of the configuration; what is left of an earlier one has no identity. */
  Set<String> ids() {
    return members().stream()
        .map(Member::id)
        .filter(id -> !id.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  String resourceVersion() {
    return json.at("/metadata/resourceVersion").asText();
  }

  List<String> endpoints() {
    var endpoints = new ArrayList<String>();
    json.at("/status/endpoints").forEach(endpoint -> endpoints.add(endpoint.asText()));
    return endpoints;
  }

  boolean isSecure() {
    return !json.at("/spec/tls/mode").asText().equals("Disabled");
  }

  /** Its reason and message. */
  String explanation(String type) {
    for (JsonNode condition : json.at("/status/conditions")) {
      if (condition.path("type").asText().equals(type)) {
        return condition.path("reason").asText() + ": " + condition.path("message").asText();
      }
    }
    return "";
  }

  String condition(String type) {
    return condition(type, "status");
  }

  /** One field of a condition, empty if there is none. */
  String condition(String type, String field) {
    for (JsonNode condition : json.at("/status/conditions")) {
      if (condition.path("type").asText().equals(type)) {
        return condition.path(field).asText();
      }
    }
    return "";
  }

  /** The one word of the cluster's state. */
  String summary() {
    return json.at("/status/summary").asText();
  }

  @Override
  public String toString() {
    return json.path("status").toString();
  }
}
