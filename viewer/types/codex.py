"""What Codex calls the lines, items and events of its sessions.

https://github.com/openai/codex: `RolloutItem`, `ResponseItem`, `EventMsg` and `TurnItem` in codex-rs/protocol, as versions 0.20 to
0.171 write them.
"""

LINE_TYPES = frozenset(
    {
        *("session_meta", "response_item", "event_msg", "turn_context", "compacted", "token_usage_record"),
        *("world_state", "inter_agent_communication", "inter_agent_communication_metadata"),
    }
)
"""The types of the lines of a session file since September 2025."""

CALL_ITEMS = {
    "function_call": "arguments",
    "custom_tool_call": "input",
    "local_shell_call": "action",
    "web_search_call": "action",
    "tool_search_call": "arguments",
    "image_generation_call": "revised_prompt",
}
"""By the type of each item that is a call, the field with its arguments."""

ANSWER_ITEMS = frozenset({"message", "reasoning", *CALL_ITEMS})
"""Items that a model answers with. A message is an answer if its role is "assistant"."""

RESULT_ITEMS = frozenset(
    {"function_call_output", "custom_tool_call_output", "local_shell_call_output", "tool_search_output"}
)

OTHER_ITEMS = frozenset(
    {
        *("agent_message", "additional_tools", "compaction", "compaction_summary", "compaction_trigger"),
        *("context_compaction", "configuration_update", "ghost_snapshot", "other"),
    }
)
"""Items that are not the model's, or that hold nothing to read."""

TURN_STARTS = frozenset({"task_started", "turn_started"})
TURN_ENDS = frozenset({"task_complete", "turn_complete"})
ANSWER_EVENTS = frozenset({"agent_message", "agent_reasoning", "agent_reasoning_raw_content"})
"""Events with the texts of the model, which an item holds too."""
PIECE_EVENTS = frozenset(
    {
        *("agent_message_delta", "agent_reasoning_delta", "agent_reasoning_raw_content_delta"),
        *("agent_message_content_delta", "reasoning_content_delta", "reasoning_raw_content_delta", "plan_delta"),
        "agent_reasoning_section_break",
    }
)
"""Events with pieces of these texts."""
BEGIN_EVENTS = frozenset(
    {
        *("exec_command_begin", "mcp_tool_call_begin", "patch_apply_begin", "web_search_begin"),
        *("image_generation_begin", "view_image_tool_call", "dynamic_tool_call_request", "request_user_input"),
    }
)
"""Events that report the call of a tool."""
RESULT_EVENTS = frozenset(
    {
        *("exec_command_end", "mcp_tool_call_end", "patch_apply_end", "web_search_end", "image_generation_end"),
        "dynamic_tool_call_response",
    }
)
"""Events that report the result of a tool."""

OTHER_EVENTS = frozenset(
    {
        *("injected_message", "add_credits_nudge_email_response"),
        *("user_message", "token_count", "turn_aborted", "error", "stream_error", "warning", "guardian_warning"),
        *("session_configured", "thread_name_updated", "thread_goal_updated", "thread_rolled_back"),
        *("thread_settings_applied", "context_compacted", "entered_review_mode", "exited_review_mode"),
        *("sub_agent_activity", "background_event", "turn_diff", "plan_update", "get_history_entry_response"),
        *("exec_command_output_delta", "terminal_interaction", "patch_apply_updated", "raw_response_item"),
        *("exec_approval_request", "apply_patch_approval_request", "request_permissions", "elicitation_request"),
        *("guardian_assessment", "model_reroute", "model_verification", "safety_buffering"),
        *("turn_moderation_metadata", "mcp_startup_update", "mcp_startup_complete", "mcp_list_tools_response"),
        *("list_custom_prompts_response", "list_skills_response", "list_remote_skills_response"),
        *("remote_skill_downloaded", "skills_update_available", "conversation_path", "shutdown_complete"),
        *("deprecation_notice", "undo_started", "undo_completed", "item_started", "item_completed"),
        *("hook_started", "hook_completed", "realtime_conversation_started", "realtime_conversation_realtime"),
        *("realtime_conversation_sdp", "realtime_conversation_closed"),
        *("realtime_conversation_list_voices_response", "collab_agent_spawn_begin", "collab_agent_spawn_end"),
        *("collab_agent_interaction_begin", "collab_agent_interaction_end", "collab_waiting_begin"),
        *("collab_waiting_end", "collab_close_begin", "collab_close_end", "collab_resume_begin"),
        "collab_resume_end",
    }
)

KNOWN_EVENTS = TURN_STARTS | TURN_ENDS | ANSWER_EVENTS | PIECE_EVENTS | BEGIN_EVENTS | RESULT_EVENTS | OTHER_EVENTS
KNOWN_ITEMS = ANSWER_ITEMS | RESULT_ITEMS | OTHER_ITEMS

TOOL_ITEMS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "commandExecution": (("command",), ("aggregatedOutput",)),
    "fileChange": (("changes",), ()),
    "mcpToolCall": (("arguments",), ("result", "error")),
    "dynamicToolCall": (("arguments",), ("contentItems",)),
    "collabAgentToolCall": (("prompt",), ("agentsStates",)),
}
"""By the type of each item of the app server that Codex runs, the fields with its arguments and those with its result."""
PROVIDER_ITEMS: dict[str, tuple[str, ...]] = {"webSearch": ("query", "action"), "imageGeneration": ("revisedPrompt",)}
"""By the type of each item of the app server that the provider runs, the fields with its arguments."""
TEXT_ITEMS = frozenset({"agentMessage", "reasoning", "plan"})
"""Items of the app server with a text of the model."""
OTHER_SERVER_ITEMS = frozenset(
    {
        *("userMessage", "hookPrompt", "functionCallOutput", "subAgentActivity", "imageView", "sleep", "codeReview"),
        *("enteredReviewMode", "exitedReviewMode", "contextCompaction", "todoList"),
    }
)
TEXT_DELTAS = frozenset(
    {
        *("item/agentMessage/delta", "item/plan/delta", "item/reasoning/textDelta"),
        *("item/reasoning/summaryTextDelta", "item/reasoning/summaryPartAdded"),
    }
)
"""Notifications of the app server with pieces of a text of the model."""
METHOD_GROUPS = frozenset(
    {
        *("initialize", "initialized", "error", "warning", "thread", "turn", "item", "command", "process", "codex"),
        *("account", "app", "apps", "skills", "plugin", "mcpServer", "mcpServerStatus", "model", "modelProvider", "fs"),
        *("config", "configWarning", "configRequirements", "deprecationNotice", "guardianWarning", "remoteControl"),
        *("serverRequest", "hook", "hooks", "project", "review", "rawResponseItem", "windowsSandbox", "windows"),
        *("fuzzyFileSearch", "externalAgentConfig", "autoApprovalReview", "attestation", "applyPatchApproval"),
        *("execCommandApproval", "feedback", "experimentalFeature", "permissionProfile", "marketplace"),
        *("threadSection", "sessionConfigured", "authStatusChange", "loginChatGptComplete"),
    }
)
"""What the names of all methods of the app server begin with."""
