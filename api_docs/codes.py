"""The stable codes of refusals: what each means, and what its receiver does next. A test holds them to the product."""

from typing import NamedTuple


class Code(NamedTuple):
    """One `code` of a problem: its status, what it means, what to do."""

    code: str
    status: int
    meaning: str
    remedy: str


CODES = (
    Code("malformed", 400, "请求不是有效的 JSON，或无法解析", "检查 JSON 语法、UTF-8 编码和重复的键。"),
    Code("unauthenticated", 401, "没有登录", "先登录，再带上访问凭证重试。"),
    Code("sign_in_failed", 401, "代码、登录名或密码不对", "核对后重试；忘记密码请联系本单位安全管理员重设。"),
    Code("token_missing", 401, "请求没有带访问凭证", "加上请求头 Authorization: Bearer <access_token>。"),
    Code("token_invalid", 401, "凭证无效", "重新登录。"),
    Code("token_expired", 401, "凭证已过期", "用刷新凭证换取新的访问凭证（POST /auth/refresh），仍不行则重新登录。"),
    Code("token_reused", 401, "刷新凭证被用了第二次，为安全起见已退出登录", "重新登录；不是本人所为请修改密码。"),
    Code("signed_out", 401, "已退出登录，或账号已停用", "重新登录；账号停用请联系本单位安全管理员。"),
    Code("forbidden", 403, "角色没有这项权限", "请有权限的人操作，权限见接口说明。"),
    Code("enterprise_needed", 403, "没有指明企业", "监管人员在查询参数中加上 enterprise_id。"),
    Code("not_own_unit", 403, "不是本部门（班组）的风险点", "请该部门负责人或安全管理员操作。"),
    Code("red_is_the_principals", 403, "重大风险的确认不是主要负责人作出的", "请主要负责人确认，或从本次选择中去掉。"),
    Code("form_expired", 403, "页面已过期，或不是从本站打开的", "重新打开页面再填写；接口不会给出这个代码。"),
    Code("not_found", 404, "没有这个对象，或无权查看", "核对编号；两种情形有意不作区分。"),
    Code("method_not_allowed", 405, "这个地址不支持该方法", "按回答的 Allow 头选用方法。"),
    Code("conflict", 409, "当前状态不允许", "重新读取对象，按 allowed_actions 操作。"),
    Code("collided", 409, "与同时写入的内容冲突", "重新读取后再提交。"),
    Code("stale_version", 409, "对象已更新，版本不符", "重新读取，按新的 version 和 allowed_actions 操作。"),
    Code("wrong_state", 409, "当前状态不能进行这个操作", "按回答中的 state 和 allowed_actions 操作。"),
    Code("wrong_status", 409, "风险点或专项管控方案的状态不允许这一步", "按说明先做前一步；status 是现在的状态。"),
    Code("not_assessed", 409, "危险源没有辨识或评估完", "按说明补齐后再送审。"),
    Code("id_reused", 409, "客户端编号已用于另一项内容", "内容不同就生成新的编号；重试时内容必须与首次完全相同。"),
    Code("already_adopted", 409, "风险点已有同名的危险源", "去掉这个条目，直接修改已有的危险源。"),
    Code("code_taken", 409, "编号（代码）已被使用", "换一个编号，或留空由系统编号。"),
    Code("login_taken", 409, "登录名已被使用", "换一个登录名。"),
    Code("principal_exists", 409, "企业已有主要负责人账号", "由该账号增加其他人员。"),
    Code("profile_exists", 409, "同名评估标准已存在", "换一个名称；已有的标准不可改写。"),
    Code(
        "profile_conflicts",
        409,
        "按新的评估标准，有危险源的现状风险高于固有风险",
        "按回答的 conflicts 先重新评估固有风险，再更换标准。",
    ),
    Code("region_exists", 409, "区划已登记", "直接使用已有的区划。"),
    Code("unit_exists", 409, "同级已有同名部门", "换一个名称，或使用已有的部门。"),
    Code("not_checked", 409, "导入还没有核对完成，或没有读成", "等 GET /risk-imports/{import_id} 的 state 为 done。"),
    Code("has_problems", 409, "工作簿有问题，没有导入任何内容", "按问题的位置改正工作簿，重新上传。"),
    Code("already_applied", 409, "这次导入已经完成，或正在进行", "看 GET /risk-imports/{import_id} 的进度，不必重复。"),
    Code("not_reassessed", 409, "要求重新评估的复查，还有危险源没有重新评估", "先对所列危险源重新评估，再办结。"),
    Code("review_closed", 409, "复查已办结", "不必再办；需要时登记新的变更。"),
    Code("tag_revoked", 409, "二维码已作废", "使用现行的二维码，或重新签发。"),
    Code(
        "retired",
        409,
        "风险点、危险源或风险分区已停用，或已并入其他",
        "改用在用的；扫码时回答的 merged_into 指明并入何处。",
    ),
    Code("not_retired", 409, "要恢复的对象在用", "不需要恢复，直接使用。"),
    Code("merged", 409, "已并入其他，不能恢复", "新建，或复制并入的那一个。"),
    Code("in_use", 409, "风险分区下还有在用的风险点或分区", "先移走、合并或停用它们，再停用这个分区。"),
    Code("open_raises", 409, "风险点还有抬高等级的隐患没有销号", "先整改销号，再停用。"),
    Code("too_large", 413, "内容过大", "压缩照片，或分开提交。"),
    Code("workbook_too_large", 413, "工作簿解压后过大", "删去图片和多余的表，拆成几个文件。"),
    Code("workbook_too_spread", 413, "工作簿的内容或合并单元格铺得过开", "删去台账以外的行、列和格式。"),
    Code("too_many_rows", 413, "工作簿超过 20,000 行", "按车间或区域拆成几个文件，分次导入。"),
    Code(
        "wrong_type",
        415,
        "不支持的内容类型；评估因素取值不是数字时状态码为 422",
        "JSON 用 application/json；照片用 image/jpeg、image/png、image/webp。",
    ),
    Code("not_a_photo", 415, "不是 JPEG、PNG 或 WebP 照片", "重新拍摄，或转换格式后上传。"),
    Code("not_a_workbook", 415, "不是 .xlsx 工作簿", "CSV 或其他格式的表用 Excel 或 WPS 打开，另存为 .xlsx。"),
    Code("old_workbook", 415, "旧格式（.xls、.et）的工作簿", "用 Excel 或 WPS 另存为 .xlsx。"),
    Code("encrypted_workbook", 415, "工作簿设有打开密码", "去掉密码，保存后再上传。"),
    Code("invalid", 422, "有字段不符合要求", "按 errors 中的 pointer 逐项改正。"),
    Code("hash_mismatch", 422, "收到的字节与地址中的 sha256 不一致", "可能传输中断，重传同一文件。"),
    Code("photo_broken", 422, "照片不完整或已损坏", "重新拍摄上传。"),
    Code("photo_too_many_pixels", 422, "照片像素过多", "降低分辨率后重试。"),
    Code("outside_region", 422, "区划不在辖区内", "用辖区的区划代码，或以它开头的下级代码。"),
    Code("nothing_selected", 422, "所选范围是空的", "重新选择。"),
    Code("too_many_groups", 422, "统计的分组过多", "用 region_code 或 trade 缩小范围。"),
    Code("nothing_to_check", 422, "管控措施都没有检查内容", "先为措施填写检查内容，再发布清单。"),
    Code("cycle", 422, "移入或并入的是它自己，或它的下级分区", "选择它以外的分区或风险点。"),
    Code("too_many_points", 422, "一次涉及的风险点过多", "分几次进行。"),
    Code("residual_above_inherent", 422, "现状风险高于固有风险", "复核两次评估的因素取值。"),
    Code("unknown_method", 422, "没有这种评估方法", "用 LS、LEC 或 custom。"),
    Code("unknown_profile", 422, "没有这个评估标准", "从 GET /profiles 中选用。"),
    Code("method_mismatch", 422, "评估标准不是这种方法的", "换用该方法的标准，或改用标准的方法。"),
    Code("missing_factor", 422, "缺少因素", "按评估标准补上，见 GET /profiles/{name}。"),
    Code("surplus_factor", 422, "多出因素", "删去评估标准没有的因素。"),
    Code("off_scale", 422, "因素取值不在标准的取值之中", "改用标准列出的取值。"),
    Code("unknown_dimension", 422, "评估标准对这个因素没有这个方面", "用评估标准列出的方面，见 GET /profiles/{name}。"),
    Code("not_the_worst", 422, "因素取值与各方面取值中最高的不一致", "改为一致，或不填该因素。"),
    Code("invalid_profile", 422, "评估标准的内容不符合要求", "按说明改正，可由 GET /profiles/{name} 的文档改写。"),
    Code("hole", 422, "评估标准的分级有空档", "补上分级界限，使每个得分都有等级。"),
    Code("overlap", 422, "评估标准的分级有重叠", "调整分级界限，使每个得分只有一个等级。"),
    Code("not_monotone", 422, "评估标准中得分更高而等级更低", "调整分级，使得分越高等级越高。"),
    Code("broken_workbook", 422, "工作簿已损坏，或写法不规范", "用 Excel 或 WPS 打开，另存为 .xlsx。"),
    Code("workbook_with_macros", 422, "工作簿带有宏", "另存为不含宏的 .xlsx。"),
    Code("workbook_with_links", 422, "工作簿链接到其他文件或外部数据", "断开链接、删去数据连接。"),
    Code("workbook_with_objects", 422, "工作簿嵌有其他文件或控件", "删去嵌入的对象和控件。"),
    Code("no_ledger", 422, "没有找到台账的表头", "按说明补上缺少的列，或使用模板。"),
    Code("empty_ledger", 422, "台账里没有数据行", "在表头下面逐行填写。"),
    Code("too_many", 429, "请求过于频繁", "等待 Retry-After 头所说的秒数后重试。"),
    Code("broken", 500, "系统出现错误，本次操作没有保存", "稍后重试；仍然失败请联系管理员。"),
    Code("unavailable", 503, "数据库暂时不可用，未收到回执的内容没有保存", "等待 Retry-After 头所说的秒数后原样重试。"),
)


def codes_of(status: int) -> tuple[Code, ...]:
    """The codes an answer of this status may carry."""
    return tuple(code for code in CODES if code.status == status)
